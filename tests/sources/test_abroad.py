"""Headers, intervals and months in German, French and Spanish, and words that look like them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import mrr_xl
from mrr_xl.ledger.pricing import share_of_month
from mrr_xl.sources.columns import recognise
from support.readings import closing, found_out, refused, written


@pytest.mark.parametrize(
    ("headers", "roles"),
    [
        (
            "Kundennummer;Kundenname;Vertragsbeginn;Vertragsende;Betrag;Intervall;Menge;Rabatt %;Währung",
            "customer - start end amount interval quantity - currency",
        ),
        ("Kunde;Tarif;Gültig ab;Gültig bis;Einzelpreis;Anzahl;Turnus", "customer - start end amount quantity interval"),
        ("Kunde;Produkt;Von;Bis;Monatsbetrag", "customer product start end mrr"),
        ("Kunde;Beginn;Kündigungsdatum;Ende;Preis (EUR);Nutzer", "customer start cancelled end amount -"),
        ("Firma;Beginn;Jahresbetrag", "customer start arr"),
        ("N° client;Client;Début;Fin;Montant HT;Périodicité", "- customer start end amount interval"),
        (
            "Numéro client;Nom du client;Date de début;Date de fin;Prix mensuel;Devise",
            "customer - start end mrr currency",
        ),
        ("Client;Offre;Date de début;Date de résiliation;Montant;Fréquence;Quantité;Remise",
         "customer - start cancelled amount interval quantity discount"),
        ("Cliente;Fecha de alta;Fecha de baja;Importe;Frecuencia;Cantidad;Moneda",
         "customer start end amount interval quantity currency"),
        ("ID Cliente;Nombre;Inicio;Fin;Cuota mensual;Estado", "customer - start end mrr status"),
    ],
)  # fmt: skip
def test_headers_of_an_export(headers, roles):
    expected = {role: header for header, role in zip(headers.split(";"), roles.split()) if role not in ("-", "arr")}
    found = recognise(headers.split(";")).roles
    assert {role: header for role, header in found.items() if role in expected} == expected
    assert set(found) - set(expected) <= {"amount", "interval"} if "arr" in roles else set(found) == set(expected)


@pytest.mark.parametrize(
    "header",
    ["Rabatt %", "Rabatt in %", "Rabatt (%)", "Rabatt in Prozent", "Nachlass in Prozent", "Preisnachlass (%)",
     "% Rabatt", "Remise %", "Remise (%)", "Remise en pourcentage", "Taux de remise (%)", "Rabais %",
     "Descuento %", "Descuento en porcentaje"],
)  # fmt: skip
def test_a_discount_in_percent_is_asked_about_and_read_as_one_where_it_is_named(header: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"Kunde;Beginn;Preis;Turnus;{header}\nAda;2024-01-01;100;monatlich;20\n")
    with pytest.warns(mrr_xl.MrrWarning, match=f"^column {re.escape(header)} looks like a discount and is not used: "):
        assert mrr_xl.mrr(path, "2024-01") == 100
    assert mrr_xl.mrr(path, "2024-01", columns={"discount": header}) == 80


@pytest.mark.parametrize("header", ["Preisnachlass", "Taux de remise", "Rabais", "Rabatt"])
def test_a_discount_that_may_be_in_percent(header: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"Kunde;Beginn;Preis;Turnus;{header}\nAda;2024-01-01;100;monatlich;20%\n")
    assert closing(path)["2024-01"] == 80.0


@pytest.mark.parametrize("header", ["Rabattbetrag", "Nachlassbetrag", "Montant de la remise", "Importe de descuento"])
def test_a_discount_s_amount(header: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"Kunde;Beginn;Preis;Turnus;{header}\nAda;2024-01-01;100;monatlich;7,50\n")
    assert closing(path)["2024-01"] == 92.5


@pytest.mark.parametrize("header", ["Anzahl Lizenzen", "Anzahl der Lizenzen", "Plätze", "Nombre de licences"])
def test_how_many_there_are_of_what_the_price_is_for(header: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"Kunde;Beginn;Preis;Turnus;{header}\nAda;2024-01-01;100;monatlich;5\n")
    assert closing(path)["2024-01"] == 500.0


def test_a_period_is_a_month_or_an_interval(tmp_path: Path) -> None:
    assert closing(written(tmp_path, "Cliente;Periodo;MRR\nA;ene 2024;100\n")) == {"2024-01": 100.0}
    path = written(tmp_path, "Cliente;Inicio;Importe;Periodo\nA;15/01/2024;1200;anual\n")
    assert closing(path) == {"2024-01": 100.0}


@pytest.mark.parametrize(
    "header",
    ["Vertrag", "Vertragsart", "Rechnungsdatum", "Datum", "Tarif", "Nutzer", "Gesamt", "Kündigungsfrist", "Bemerkung",
     "Nom", "Prénom", "Société", "Ville", "Offre", "Motif", "Nombre", "Apellido", "Ciudad", "Fecha", "Tarifa",
     "Von Berg", "Fin du monde", "Menge Text", "Bis wann", "Finance", "Start-up", "Endkunde"],
)  # fmt: skip
def test_a_header_that_looks_like_another(header):
    roles = recognise(["Kunde", "Beginn", "MRR", header]).roles
    assert roles == {"customer": "Kunde", "start": "Beginn", "mrr": "MRR"}


@pytest.mark.parametrize(
    ("interval", "share"),
    [
        ("monatlich", "1"), ("Monat", "1"), ("jährlich", "1/12"), ("Jahr", "1/12"), ("2 Jahre", "1/24"),
        ("Quartal", "1/3"), ("vierteljährlich", "1/3"), ("halbjährlich", "1/6"), ("3 Monate", "1/3"),
        ("wöchentlich", "13/3"), ("einmalig", "0"), ("mensuel", "1"), ("annuelle", "1/12"), ("trimestriel", "1/3"),
        ("semestriel", "1/6"), ("12 mois", "1/12"), ("2 ans", "1/24"), ("hebdomadaire", "13/3"), ("mensual", "1"),
        ("anual", "1/12"), ("3 meses", "1/3"), ("trimestral", "1/3"), ("2 años", "1/24"), ("P1M", "1"),
        ("P1Y", "1/12"), ("P3M", "1/3"), ("P2W", "13/6"), ("years", "1/12"), ("12 mo", "1/12"),
        ("semi-annual", "1/6"), ("Month-to-Month", "1"), ("per month", "1"), ("/month", "1"),
        ("every 3 months", "1/3"), ("1 month(s)", "1"),
    ],
)  # fmt: skip
def test_an_interval_in_other_words(interval, share):
    assert str(share_of_month(interval)) == share


@pytest.mark.parametrize("interval", ["P", "P1", "P1H", "Mona", "bimonthly", "biweekly", "biannual", "0 months", "m3"])
def test_a_text_that_is_no_interval_or_may_be_two(interval):
    with pytest.raises(ValueError, match="is not a known interval"):
        share_of_month(interval)


def test_a_term_beside_amounts_without_an_interval_is_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Beginn;Betrag;Laufzeit\nA;2024-01-15;1200;12\n")
    with pytest.warns(UserWarning, match="column Laufzeit looks like a count of intervals and is not used"):
        assert closing(path) == {"2024-01": 1200.0}


def test_a_table_in_french(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Client;Date de début;Montant HT;Fréquence\nA;4 mars 2024;1 200,00 €;annuel\nB;1er avril 2024;50,00 €;mensuel\n"
        "Total;;1 250,00 €;\n",
    )
    assert closing(path) == {"2024-03": 100.0, "2024-04": 150.0}
    assert found_out(path) == [
        "delimiter: semicolon",
        "row of totals: row 4 is left out",
        "numbers of Montant HT: with a decimal comma, as '1 200,00 €' shows",
        "currency of Montant HT: EUR, as it stands beside the amounts",
    ]


def test_in_a_table_in_english_a_word_of_another_language_takes_no_columns_place(tmp_path: Path) -> None:
    headers = ["customer", "start", "end", "amount", "discount", "Von", "Fin", "Reduction", "Menge", "Cuota"]
    roles = dict(zip(headers[:5], headers[:5])) | {"quantity": "Menge"}
    assert recognise(headers).roles == roles
    path = written(tmp_path, "customer,Contract start,Von,mrr\nA,2024-01-15,2023-01-15,5\n")
    assert refused(path) == "columns 'Contract start' and 'Von' both mean start; rename or remove one of them"


def test_two_columns_that_mean_the_same_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "Kunde;Kundennummer;Beginn;MRR\nA;1;2024-01-15;5\n")
    assert refused(path) == "columns 'Kunde' and 'Kundennummer' both mean customer; rename or remove one of them"


@pytest.mark.parametrize(
    "header",
    ["N° client", "Client n°", "Numéro de client", "Num. client", "Identifiant client", "Nº de cliente", "N.º cliente",
     "Código de cliente", "Identificador del cliente", "Kunde Nummer"],
)  # fmt: skip
def test_a_customers_number_comes_before_the_name(tmp_path: Path, header: str) -> None:
    """Two customers may have one name."""
    for name in ("Nom du client", "Nombre del cliente", "Firma"):
        text = f"{header},{name},Début,Prix\n101,Jean Martin,2025-01-03,30\n102,Jean Martin,2025-01-03,40\n"
        assert mrr_xl.metric("MRR_CUSTOMERS", written(tmp_path, text), "2025-01") == 2


def test_a_name_and_a_number_that_both_say_customer_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "Cliente,Código de cliente,Inicio,Precio\nA,1,2025-01-03,30\n")
    assert refused(path) == "columns 'Cliente' and 'Código de cliente' both mean customer; rename or remove one of them"
    assert closing(path, columns={"customer": "Código de cliente"}) == {"2025-01": 30.0}

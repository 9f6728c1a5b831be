"""What German, French and Spanish headers say, without accents and blanks; and words that ask in every language."""

from __future__ import annotations

#: Role → the headers that name it.
ABROAD = {
    "customer": "kunde kunden kundenid kundennr kdnr kundennummer debitor kundin mandant abonne numeroclient "
    "clientid cliente clienteid idcliente numerocliente",
    "subscription": "abonummer abonr vertragsnummer vertragsnr vertragsid numerocontrat contratid idcontrat "
    "numerocontrato idcontrato",
    "parent": "mutter muttergesellschaft mutterunternehmen mutterkonzern konzern konzernmutter obergesellschaft "
    "dachgesellschaft hauptkunde ubergeordneterkunde uebergeordneterkunde maisonmere societemere compteparent "
    "clientparent matriz empresamatriz sociedadmatriz cuentapadre cuentaprincipal clienteprincipal",
    "start": "beginn startdatum vertragsbeginn vertragsstart abobeginn abostart laufzeitbeginn gultigab gueltigab von "
    "debut datededebut datedebut debutabonnement debutcontrat datededebutducontrat inicio fechadeinicio fechainicio "
    "iniciocontrato desde fechadealta",
    "end": "ende enddatum vertragsende aboende laufzeitende gultigbis gueltigbis bis kundigungzum gekundigtzum fin "
    "datedefin datefin finabonnement fincontrat datedefinducontrat fechadefin fechafin fincontrato hasta fechadebaja",
    "cancelled": "kundigungsdatum kuendigungsdatum gekundigtam gekuendigtam kundigungam dateresiliation "
    "datederesiliation resiliele fechadecancelacion fechacancelacion",
    "trial_end": "testende testphaseende endedertestphase testbis testphasebis probezeitende probezeitbis "
    "endederprobezeit findessai finessai datefinessai datedefindessai datefindessai finprueba findeprueba "
    "fechafinprueba fechafindeprueba fechadefindeprueba",
    "month": "monat rechnungsmonat abrechnungsmonat mois mes periodo",
    "mrr": "monatsbetrag monatsbeitrag monatspreis monatlicherbetrag montantmensuel prixmensuel importemensual "
    "preciomensual cuotamensual",
    "amount": "betrag preis nettobetrag nettopreis einzelpreis gebuhr gebuehr montant montantht prix prixunitaire "
    "importe precio preciounitario monto cuota",
    "interval": "intervall abrechnungsintervall zahlungsintervall abrechnungszeitraum zahlungsweise zahlungsrhythmus "
    "turnus abrechnungsturnus periodicite frequence frequencedefacturation periodicidad frecuencia intervalo "
    "frecuenciadefacturacion periodo periododefacturacion",
    "quantity": "menge anzahl stuckzahl stueckzahl lizenzen anzahllizenzen anzahlderlizenzen plaetze platze quantite "
    "nombredelicences cantidad unidades licencias",
    "discount": "rabatt nachlass preisnachlass rabattsatz remise rabais reduction tauxderemise descuento",
    "discount_amount": "rabattbetrag nachlassbetrag montantderemise montantdelaremise montantremise importedescuento "
    "importededescuento",
    "currency": "wahrung waehrung devise monnaie moneda divisa",
    "status": "zustand vertragsstatus abostatus statut etat estado",
    "product": "produkt produktname produit nomduproduit producto",
}
#: Role → the headers that name it where no other does.
ABROAD_SECOND = {"customer": "kundenname firma nomclient nomduclient nombrecliente nombredelcliente empresa"}
#: Words of how long something runs.
TERMS = frozenset(["laufzeit", "vertragslaufzeit", "dauer", "duree", "duracion"])
#: Words of an end; a column that has one and is not read is asked about.
ENDS = frozenset([
    "kundigung", "kuendigung", "gekundigt", "gekuendigt", "beendet", "beendigung", "ablauf", "storno", "storniert",
    "resiliation", "resilie", "baja", "cancelacion", "vencimiento", "caducidad",
])  # fmt: skip
#: What is taken off a price: a column that has such a word and is not read is asked about.
REDUCTIONS = "rabatt|nachlass|^remises?$|^rabais$|^ristournes?$|^descuentos?$"
#: Words of an amount of money.
AMOUNTS = frozenset(["betrag", "montant", "importe"])
#: What there may be several of on a line, with a price for each: a column of those that is not read is asked about.
UNITS = frozenset([
    "seats", "users", "licenses", "licences", "units", "devices", "nutzer", "benutzer", "anwender", "lizenzen",
    "platze", "plaetze", "arbeitsplatze", "arbeitsplaetze", "gerate", "geraete", "utilisateurs", "postes", "usuarios",
    "licencias", "puestos",
])  # fmt: skip
#: Words of a percentage.
PERCENT = frozenset(["percent", "percentage", "pct", "prozent", "pourcent", "pourcentage", "porcentaje"])

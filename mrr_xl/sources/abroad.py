"""What German, French and Spanish headers say, without accents and blanks."""

from __future__ import annotations

#: Role → the headers that name it.
ABROAD = {
    "customer": "kunde kunden kundenid kundennr kundennummer debitor kundin mandant abonne numeroclient "
    "clientid cliente clienteid idcliente numerocliente",
    "subscription": "abonummer abonr vertragsnummer vertragsnr vertragsid numerocontrat contratid idcontrat "
    "numerocontrato idcontrato",
    "parent": "mutter muttergesellschaft mutterunternehmen mutterkonzern konzern konzernmutter obergesellschaft "
    "dachgesellschaft hauptkunde ubergeordneterkunde uebergeordneterkunde maisonmere societemere compteparent "
    "clientparent matriz empresamatriz sociedadmatriz cuentapadre cuentaprincipal clienteprincipal",
    "start": "beginn startdatum vertragsbeginn vertragsstart abobeginn abostart laufzeitbeginn gultigab gueltigab von "
    "debut datededebut datedebut debutabonnement debutcontrat datededebutducontrat inicio fechadeinicio fechainicio "
    "iniciocontrato desde fechadealta",
    "end": "ende enddatum vertragsende aboende laufzeitende gultigbis gueltigbis bis fin datedefin datefin "
    "finabonnement fincontrat datedefinducontrat fechadefin fechafin fincontrato hasta fechadebaja",
    "cancelled": "kundigungsdatum kuendigungsdatum gekundigtam gekuendigtam kundigungam dateresiliation "
    "datederesiliation resiliele fechadecancelacion fechacancelacion",
    "trial_end": "testende testphaseende endedertestphase testbis probezeitende probezeitbis endederprobezeit "
    "findessai finessai datefinessai datedefindessai datefindessai finprueba findeprueba fechafinprueba "
    "fechafindeprueba fechadefindeprueba",
    "month": "monat rechnungsmonat abrechnungsmonat mois mes periodo",
    "mrr": "monatsbetrag monatsbeitrag monatspreis monatlicherbetrag montantmensuel prixmensuel importemensual "
    "preciomensual cuotamensual",
    "amount": "betrag preis nettobetrag nettopreis einzelpreis gebuhr gebuehr montant montantht prix prixunitaire "
    "importe precio preciounitario monto cuota",
    "interval": "intervall abrechnungsintervall zahlungsintervall abrechnungszeitraum zahlungsweise zahlungsrhythmus "
    "turnus abrechnungsturnus periodicite frequence frequencedefacturation periodicidad frecuencia intervalo "
    "frecuenciadefacturacion periodo periododefacturacion",
    "quantity": "menge anzahl stuckzahl stueckzahl lizenzen plaetze platze quantite nombredelicences cantidad "
    "unidades licencias",
    "discount": "rabatt nachlass rabattsatz remise reduction descuento",
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

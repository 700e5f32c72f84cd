"""Words that mean much the same to somebody who asks, in all our languages, a matter a line.

So "vakantie" finds the category Leave, "Rechnung" finds Invoices, and nobody has to write these words at each category. A team's own
words stand beside them, see `Category.words`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

_MATTERS: Final = """
laptop computer notebook desktop pc macbook hardware apparaat rechner gerät ordinateur portable matériel ordenador portátil equipo computer dispositivo
monitor screen display scherm beeldscherm bildschirm écran pantalla schermo
keyboard mouse headset docking webcam toetsenbord muis koptelefoon tastatur maus kopfhörer clavier souris casque teclado ratón auriculares tastiera cuffie hardware
printer printing scanner toner printen drucker drucken imprimante imprimer impresora imprimir stampante stampare hardware
software application program app install installation update licence license programma toepassing installeren bijwerken licentie anwendung programm installieren aktualisierung lizenz logiciel installer licence programa instalar actualización licencia applicazione installare aggiornamento licenza excel word outlook office
network internet wifi wlan wi-fi vpn connection netwerk verbinding netzwerk verbindung réseau connexion red conexión rete connessione
access account login password permission rights mfa authenticator toegang inloggen wachtwoord rechten zugriff zugang anmelden passwort kennwort berechtigung accès compte connexion mot-de-passe autorisation acceso cuenta contraseña permiso accesso conto accedere parola permesso credenziali
phone telephone mobile smartphone sim telefoon mobiel telefon handy téléphone portable teléfono móvil telefono cellulare
email mail mailbox calendar spam phishing postvak agenda e-mail postfach kalender messagerie courriel boîte calendrier correo buzón calendario posta casella
security virus phishing hacked beveiliging sicherheit sécurité seguridad sicurezza
leave vacation holiday holidays absence time-off verlof vakantie vrij afwezigheid urlaub ferien abwesenheit frei congé congés vacances absence vacaciones permiso ausencia ferie permesso vacanze assenza
parental maternity paternity leave birth baby ouderschapsverlof zwangerschapsverlof geboorte elternzeit mutterschutz geburt parental maternité paternité naissance maternidad paternidad nacimiento maternità paternità nascita congedo
sick sickness illness ill doctor ziek ziekte verzuim ziekmelding krank krankheit krankmeldung arzt malade maladie arrêt médecin enfermo enfermedad baja médico malato malattia medico
salary pay payslip payroll wage bonus raise salaris loon loonstrook loonstrookje verloning gehalt lohn gehaltsabrechnung lohnabrechnung abrechnung salaire paie bulletin paye prime salario nómina sueldo paga stipendio busta
contract contracts employment agreement resignation notice contracten arbeidsovereenkomst ontslag opzegging vertrag verträge arbeitsvertrag kündigung contrat contrats démission préavis contrato contratos dimisión contratto contratti dimissioni
onboarding starter newcomer joiner nieuwe medewerker inwerken indiensttreding einarbeitung neuer mitarbeiter eintritt arrivée nouvel collaborateur intégration incorporación nuevo empleado inserimento nuovo assunto
offboarding leaver uitdienst uitdiensttreding austritt départ salida uscita
pension insurance benefits health pensioen verzekering regelingen rente versicherung altersvorsorge leistungen retraite assurance mutuelle avantages pensión jubilación seguro beneficios pensione assicurazione
training course learning education opleiding cursus scholing training weiterbildung schulung kurs fortbildung formation cours formación curso formazione corso
certificate reference statement employer werkgeversverklaring getuigschrift verklaring bescheinigung zeugnis arbeitszeugnis attestation certificat certificado certificato attestato
recruitment vacancy hiring candidate vacature werving sollicitatie stelle bewerbung einstellung recrutement poste candidat contratación vacante candidato assunzione candidatura
expenses expense reimbursement receipt declaration refund declaratie declaraties onkosten bonnetje vergoeding spesen auslagen erstattung beleg quittung reisekosten frais remboursement note reçu gastos reembolso recibo dieta spese rimborso ricevuta nota
invoice invoices bill billing supplier factuur facturen rekening leverancier rechnung rechnungen lieferant facture factures fournisseur factura facturas proveedor fattura fatture fornitore
payment bank transfer betaling bank overschrijving zahlung überweisung paiement virement pago transferencia pagamento bonifico
budget cost costs kosten begroting kostenstelle coût coûts presupuesto coste costo costi
tax vat belasting btw steuer mehrwertsteuer impôt tva impuesto iva tassa imposta
purchase order buy ordering procurement inkoop bestellen bestelling bestellung einkauf kaufen achat commande acheter compra pedido comprar acquisto ordine acquistare
travel trip flight hotel train reis reizen vlucht dienstreis trein reise flug dienstreise bahn voyage vol déplacement train viaje vuelo viaggio volo trasferta treno
car lease vehicle parking fuel auto leaseauto parkeren parkeerplaats wagen firmenwagen parken parkplatz tiefgarage voiture stationnement véhicule coche aparcamiento vehículo macchina parcheggio veicolo
bicycle bike cycling fiets fietsplan fahrrad dienstrad jobrad vélo bicicleta bici
workplace desk chair office seat furniture werkplek bureau stoel kantoor meubels arbeitsplatz schreibtisch stuhl büro möbel poste bureau chaise mobilier puesto escritorio silla oficina muebles postazione scrivania sedia ufficio mobili
badge keys key card door entrance pas sleutel toegangspas deur ausweis schlüssel karte tür badge clé porte tarjeta llave puerta chiave porta tesserino access
meeting room rooms booking vergaderruimte vergaderzaal reserveren besprechungsraum besprechung raum reservieren salle réunion réserver sala reunión reservar riunione prenotare
heating temperature air climate cold hot airco verwarming koud warm klimaanlage heizung kalt heiß chauffage climatisation froid chaud calefacción climatización frío calor riscaldamento condizionata freddo caldo
light lamp lighting verlichting licht beleuchtung éclairage lumière luz iluminación luce illuminazione
leak water toilet plumbing lek wc leck wasser undicht fuite eau toilettes fuga agua baño perdita acqua bagno
cleaning trash waste schoonmaak afval reinigung müll putzen nettoyage déchets limpieza basura pulizia rifiuti
broken damaged defect repair kapot stuk defect reparatie kaputt defekt beschädigt reparatur cassé panne réparation roto avería reparación rotto guasto riparazione
moving relocation move verhuizing verhuizen umzug umziehen déménagement mudanza trasloco moves
catering coffee lunch food kitchen koffie keuken kaffee küche mittagessen café déjeuner cuisine comida cocina caffè pranzo cucina
post parcel package mailroom pakket pakje post paket sendung colis courrier paquete correo pacco posta
event party company outing evenement feest bedrijfsuitje veranstaltung feier betriebsfeier événement fête evento fiesta festa
nda confidentiality agreement geheimhouding geheimhoudingsverklaring geheimhaltung vertraulichkeit verschwiegenheit confidentialité confidencialidad riservatezza contracts contract
privacy gdpr personal data avg persoonsgegevens datalek dsgvo datenschutz personenbezogene rgpd données personnelles vie privée datos personales privacidad dati personali
complaint harassment misconduct integrity klacht ongewenst gedrag integriteit beschwerde belästigung fehlverhalten plainte harcèlement queja acoso reclamo molestie
signature sign approval handtekening ondertekenen goedkeuring unterschrift unterschreiben genehmigung signature signer approbation firma firmar aprobación firmare approvazione
legal law lawyer juridisch wet advocaat jurist recht rechtlich anwalt gesetz juridique droit avocat legale ley abogado legge avvocato
remote homeworking home-office thuiswerken thuis homeoffice heimarbeit télétravail teletrabajo telelavoro smartworking
hours overtime schedule timesheet uren overuren rooster arbeitszeit überstunden stundenzettel schicht heures supplémentaires horaire horas extra horario ore straordinari orario turno
address relocation moving personal bank details adres verhuisd rekeningnummer adresse umgezogen bankverbindung kontonummer dirección indirizzo iban
"""

_WORD: Final = re.compile(r"[^\W_][\w’'-]*")


def folded(text: str) -> str:
    """Small letters without accents, as people type on a telephone."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return [folded(word) for word in _WORD.findall(text)]


@cache
def related(word: str) -> frozenset[str]:
    """Folded words of the same matters as this folded one, itself included."""
    return frozenset({word}).union(*(matter for matter in _matters() if word in matter))


def is_like(said: str, term: str) -> bool:
    """Whether a word that somebody wrote is the term: the same but for its ending, or put together with it.

    So "laptops" is "laptop", "Ouderschapsverlof" is "verlof", and "car" is not "card".
    """
    if said == term:
        return True
    if min(len(said), len(term)) < 4:
        return False
    shorter, longer = sorted((said, term), key=len)
    if longer.startswith(shorter) and len(longer) - len(shorter) <= 3:
        return True
    if len(term) >= 5 and len(said) >= len(term) + 3 and (said.endswith(term) or said.startswith(term)):
        return True
    stem = max(4, len(shorter) - 2)
    return len(longer) - len(shorter) <= 2 and len(shorter) >= 6 and shorter[:stem] == longer[:stem]


@cache
def _matters() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words_of(line)) for line in _MATTERS.strip().splitlines())

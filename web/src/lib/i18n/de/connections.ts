/** German: the connections screen. */
import type { Translation } from "../catalogue";
import type { connections as english } from "../en/connections";

export const connections: Translation<typeof english> = {
  title: "Verbindungen",
  lead: "Konten, als die pixharbor lesen darf: private Ordner, was andere mit Ihnen geteilt haben, geteilte Ablagen. Es liest und schreibt nie.",
  accounts: "Verbundene Konten",
  none: "Noch keine. Öffentliche Links brauchen kein Konto.",
  connect: "Ein Konto verbinden",
  connectAt: "{{name}} verbinden",
  reads: "Sie melden sich auf der Seite des Anbieters an; Ihr Passwort kommt nie hierher.",
  unknownHere: "{{name}} kennt diesen Server noch nicht: Wer ihn betreibt, meldet ihn einmal an.",
  register: {
    title: "Wie man ihn anmeldet",
    google_drive: {
      api: "Ein Projekt anlegen und dafür die Google Drive API einschalten (APIs und Dienste, Bibliothek).",
      consent:
        "Unter OAuth-Zustimmungsbildschirm „Extern“ wählen, einen Namen geben und den Bereich https://www.googleapis.com/auth/drive.readonly hinzufügen. Auf „In Produktion“ stellen: Im Test endet jede Anmeldung nach sieben Tagen.",
      client:
        "Unter Anmeldedaten eine OAuth-Client-ID vom Typ Webanwendung erstellen, mit der Weiterleitungs-URI unten.",
      settings: "GOOGLE_CLIENT_ID und GOOGLE_CLIENT_SECRET setzen und den Server neu starten.",
    },
    dropbox: {
      app: "Eine App anlegen: Scoped access, Full Dropbox.",
      permissions:
        "Unter Permissions files.metadata.read, files.content.read, account_info.read und sharing.read ankreuzen und Submit drücken.",
      redirect: "Unter Settings die Weiterleitungs-URI unten eintragen.",
      settings: "DROPBOX_APP_KEY und DROPBOX_APP_SECRET setzen und den Server neu starten.",
    },
  },
  redirect: {
    title: "Weiterleitungs-URI dieses Servers",
    detail:
      "{{name}} will wissen, wohin seine Anmeldeseite zurückführt. Tragen Sie dort genau dies ein.",
  },
  server: {
    detail: "In den Einstellungen dieses Servers steht ein eigenes Konto.",
    act: "Das Konto des Servers verwenden",
  },
  service: {
    title: "Ein Dienstkonto verbinden",
    detail:
      "Für Server, vor denen niemand sitzt: der JSON-Schlüssel eines Google-Dienstkontos, mit dem die Ordner geteilt sind.",
    key: "Schlüsseldatei (JSON)",
    subject: "Liest im Namen von (nur mit domainweiter Delegierung)",
    act: "Verbinden",
    unreadable:
      "Diese Datei ist kein JSON-Schlüssel. Laden Sie ihn noch einmal aus der Google Cloud.",
  },
  kinds: {
    oauth: "angemeldet",
    service_account: "Dienstkonto",
    server: "vom Server",
  },
  states: { connected: "Verbunden", needs_reauth: "Muss neu verbunden werden" },
  since: "verbunden {{time}}",
  again: "Neu verbinden",
  waiting:
    "Importe, die es brauchen, warten und laufen von selbst weiter, sobald es neu verbunden ist.",
  disconnect: "Trennen",
  confirm: {
    title: "{{name}} trennen?",
    detail:
      "Die Zugangsdaten werden vergessen. Was importiert ist, bleibt; laufende Importe pausieren, bis das Konto neu verbunden ist.",
  },
  connectedNow: "{{name}} ist verbunden",
  goesOn: "Importe, die auf dieses Konto gewartet haben, laufen von selbst weiter.",
  notConnected: "Das Konto wurde nicht verbunden",
  problems: {
    state_mismatch:
      "Die Anmeldung hat nicht in diesem Browser begonnen oder unter einer anderen Adresse dieses Servers. Beginnen Sie hier.",
    sign_in_expired: "Es hat länger als 15 Minuten gedauert. Beginnen Sie neu.",
    sign_in_denied: "Sie haben es nicht erlaubt. Nichts wurde behalten.",
    scope_missing:
      "Auf der Seite des Anbieters war das Kästchen für Ihre Dateien nicht angekreuzt, also konnte nichts gelesen werden. Verbinden Sie neu und lassen Sie es angekreuzt.",
    client_refused:
      "Der Anbieter nimmt die Anmeldung dieses Servers nicht an: Wer ihn betreibt, prüft Kennung und Geheimnis des Clients.",
    grant_ended:
      "Die Antwort des Anbieters wurde schon verwendet oder ist zu alt. Beginnen Sie neu.",
    google_api_off:
      "Die Google Drive API ist für das Projekt dieses Servers nicht eingeschaltet: Wer ihn betreibt, tut das in der Google Cloud Console.",
    dropbox_scope_missing:
      "Der Dropbox-App dieses Servers fehlt eine Berechtigung: Wer ihn betreibt, kreuzt in der Dropbox App Console unter Permissions account_info.read, files.metadata.read, files.content.read und sharing.read an und drückt Submit. Verbinden Sie dann neu.",
    other:
      "Der Anbieter hat Sie nicht angemeldet. Versuchen Sie es erneut; bleibt es dabei, steht der Grund im Protokoll des Servers.",
  },
};

/** German: the frame. */
import type { Translation } from "../catalogue";
import type { common as english } from "../en/common";

export const common: Translation<typeof english> = {
  nav: {
    label: "Hauptnavigation",
    home: "pixharbor, Startseite",
    skip: "Zum Inhalt springen",
    import: "Import",
    jobs: "Aufträge",
    gallery: "Galerie",
    connections: "Verbindungen",
    menu: "Menü",
  },
  preferences: {
    open: "Darstellung und Sprache",
    theme: "Darstellung",
    system: "Wie das System",
    light: "Hell",
    dark: "Dunkel",
    language: "Sprache",
  },
  languages: { en: "English", de: "Deutsch" },
  sources: {
    google_drive: "Google Drive",
    dropbox: "Dropbox",
    web_urls: "Webadressen",
    csv: "CSV-Datei",
    object_storage: "Objektspeicher",
    local_folder: "Lokaler Ordner",
    zip_archive: "ZIP-Archiv",
    upload: "Upload",
  },
  access: {
    this_computer: "Lokaler Betrieb: ohne Anmeldung, nur von diesem Rechner aus erreichbar.",
    network: "Ohne Anmeldung: Wer diesen Server erreicht, kann alles sehen und ändern.",
  },
  loading: "Wird geladen …",
  more: "Mehr anzeigen",
  close: "Schließen",
  cancel: "Abbrechen",
  retry: "Erneut versuchen",
  problem: {
    unreachable: {
      title: "Der Server antwortet nicht",
      detail: "Diese Seite konnte pixharbor nicht erreichen.",
      cure: "Prüfen Sie, ob „pixharbor serve“ noch läuft, und versuchen Sie es erneut.",
    },
    unknown: {
      title: "Das hat nicht geklappt",
      detail: "Der Server antwortete mit Status {{status}} und ohne Erklärung.",
      cure: "Versuchen Sie es erneut; bleibt es dabei, steht der Grund im Protokoll des Servers.",
    },
    crash: {
      title: "Auf dieser Seite ist ein Fehler aufgetreten",
      cure: "Laden Sie sie neu. Ihre Importe sind nicht betroffen: Sie laufen auf dem Server.",
      reload: "Neu laden",
    },
  },
  notFound: {
    title: "Jenseits der Karte",
    detail: "Unter dieser Adresse gibt es keine Seite.",
    home: "Zur Startseite",
  },
};

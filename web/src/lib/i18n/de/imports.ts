/** German: the import screen. */
import type { Translation } from "../catalogue";
import type { imports as english } from "../en/imports";

export const imports: Translation<typeof english> = {
  title: "Bilder hereinholen",
  lead: "Von einem öffentlichen Link, aus einer Liste von Adressen, einem Bucket oder Ordner. Jede Datei wird geholt, geprüft und aufbewahrt, und über jede wird Buch geführt.",
  ways: {
    label: "Wo die Bilder liegen",
    link: "Link",
    list: "Liste von Adressen",
    place: "Ordner oder Bucket",
    connection: "Verbundenes Konto",
  },
  options: "Optionen",
  field: "Link zu einem Ordner oder einer Datei",
  placeholder: "https://drive.google.com/drive/folders/…",
  submit: "Importieren",
  submitting: "Wird geprüft …",
  hint: {
    empty:
      "Ein Ordner auf Google Drive oder Dropbox, freigegeben für „Jeder mit dem Link“, oder die Adresse eines Bildes.",
    folder: "Google-Drive-Ordner, mit allen Unterordnern.",
    file: "Eine einzelne Datei auf Google Drive.",
    unsure: "Google-Drive-Link. Ob Ordner oder Datei, zeigt sich beim Öffnen.",
    bareId: "Sieht aus wie eine Google-Drive-ID.",
    document: "Ein Google-Dokument, kein Bild. Es würde aufgeführt und übersprungen.",
    dropbox: "Ein Ordner oder eine Datei auf Dropbox, mit allen Unterordnern.",
    object_storage: "Ein Bucket oder ein Teil davon.",
    web_urls: "Ein Bild im Netz.",
    unknown:
      "Kein Link, den pixharbor kennt. Google-Drive-Links sehen so aus: drive.google.com/drive/folders/…",
  },
  list: {
    field: "Adressen von Bildern, eine je Zeile",
    file: "Datei mit Adressen",
    pick: "Eine .txt- oder .csv-Datei wählen",
    remove: "Datei wieder wegnehmen",
    hint: "Oder eine .txt- oder .csv-Datei hierher ziehen. Bis zu 1.000.000 Adressen.",
    lines_one: "{{value}} Adresse",
    lines_other: "{{value}} Adressen",
    pasted: "Eingefügte Liste",
    column: "Spalte mit den Adressen",
    choose: "Spalte wählen",
    withAddresses: "{{name}} (enthält Adressen)",
    example: "Zum Beispiel {{example}}",
  },
  noKey: {
    title: "Für Google Drive fehlt ein API-Schlüssel",
    detail:
      "Legen Sie ihn unter console.cloud.google.com an (Drive API aktivieren, dann Anmeldedaten, API-Schlüssel; kostenlos, zwei Minuten), setzen Sie ihn als GOOGLE_API_KEY und starten Sie den Server neu.",
    demo: "Oder erst einmal umsehen: Dies startet einen Hafen mit Beispielalbum, ganz ohne Schlüssel.",
  },
  account: {
    field: "Konto",
    manage: "Verbindungen",
    trail: "Wo Sie sind",
    start: "Alle Ordner",
    inside: "In {{name}} hineinsehen",
    noFolders: "Hier gibt es keine Ordner.",
    link: "Ordner für den Import: oben gewählt oder sein Link",
    none: "Verbinden Sie ein Konto, um private Ordner, mit Ihnen Geteiltes und geteilte Ablagen zu importieren.",
    connect: "Ein Konto verbinden",
  },
  copy: "Kopieren",
  copied: "Kopiert",
};

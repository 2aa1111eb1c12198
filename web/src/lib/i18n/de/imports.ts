/** German: the import screen. */
import type { Translation } from "../catalogue";
import type { imports as english } from "../en/imports";

export const imports: Translation<typeof english> = {
  title: "Einen Ordner hereinholen",
  lead: "Öffentlichen Link einfügen. Jede Datei wird geholt, geprüft und aufbewahrt, und über jede wird Buch geführt.",
  field: "Link zu einem Ordner oder einer Datei",
  placeholder: "https://drive.google.com/drive/folders/…",
  submit: "Importieren",
  submitting: "Wird geprüft …",
  hint: {
    empty: "Google-Drive-Ordner und einzelne Dateien, freigegeben für „Jeder mit dem Link“.",
    folder: "Google-Drive-Ordner, mit allen Unterordnern.",
    file: "Eine einzelne Datei auf Google Drive.",
    unsure: "Google-Drive-Link. Ob Ordner oder Datei, zeigt sich beim Öffnen.",
    bareId: "Sieht aus wie eine Google-Drive-ID.",
    document: "Ein Google-Dokument, kein Bild. Es würde aufgeführt und übersprungen.",
    later: "{{source}}: Diese Quelle kommt später. Google Drive geht schon heute.",
    unknown:
      "Kein Link, den pixharbor kennt. Google-Drive-Links sehen so aus: drive.google.com/drive/folders/…",
  },
  noKey: {
    title: "Für Google Drive fehlt ein API-Schlüssel",
    detail:
      "Legen Sie ihn unter console.cloud.google.com an (Drive API aktivieren, dann Anmeldedaten, API-Schlüssel; kostenlos, zwei Minuten), setzen Sie ihn als GOOGLE_API_KEY und starten Sie den Server neu.",
    demo: "Oder erst einmal umsehen: Dies startet einen Hafen mit Beispielalbum, ganz ohne Schlüssel.",
  },
  copy: "Kopieren",
  copied: "Kopiert",
};

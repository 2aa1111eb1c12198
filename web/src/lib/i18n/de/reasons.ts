/** German: the reasons. */
import type { Translation } from "../catalogue";
import type { reasons as english } from "../en/reasons";

export const reasons: Translation<typeof english> = {
  not_an_image: { title: "Kein Bild", cure: "Nichts zu tun: Nur Bilder werden aufbewahrt." },
  not_binary: {
    title: "Ein Google-Dokument ohne Datei dahinter",
    cure: "Bei Bedarf an der Quelle als Bild exportieren.",
  },
  empty: { title: "Leer, 0 Byte", cure: "Die Datei an der Quelle neu hochladen." },
  too_large: { title: "Größer als erlaubt", cure: "LIMIT_FILE_BYTES erhöhen, den Server neu starten und erneut importieren." },
  too_many_pixels: {
    title: "Mehr Pixel als erlaubt",
    cure: "LIMIT_PIXELS erhöhen, den Server neu starten und erneut importieren.",
  },
  too_many_frames: {
    title: "Mehr Einzelbilder als erlaubt",
    cure: "LIMIT_FRAMES erhöhen, den Server neu starten und erneut importieren.",
  },
  filtered: {
    title: "Durch den Filter des Imports ausgelassen",
    cure: "Ohne den Filter neu importieren.",
  },
  not_an_address: {
    title: "Keine Web-Adresse",
    cure: "Die Zeile in Ihrer Liste verbessern und noch einmal importieren.",
  },
  address_refused: {
    title: "Führt nicht ins öffentliche Internet",
    cure: "Wenn Sie ihr trauen, ihr Netz in ALLOW_PRIVATE_ADDRESSES nennen, dann wiederholen.",
  },
  same_content: {
    title: "Gleicher Inhalt wie ein vorhandenes Bild",
    cure: "Nichts zu tun: Die Bytes liegen einmal vor.",
  },
  unchanged: {
    title: "Schon importiert und unverändert",
    cure: "Nichts zu tun: Es wurde nichts geladen.",
  },
  renamed: {
    title: "An der Quelle umbenannt",
    cure: "Nichts zu tun: Der Name des Bildes wurde angepasst.",
  },
  html_instead_of_file: {
    title: "Statt der Datei kam eine Webseite",
    cure: "Die Quelle begrenzt wohl das Laden. Etwas warten, dann wiederholen.",
  },
  truncated: {
    title: "Der Download brach ab",
    cure: "Wiederholen; die Verbindung wurde unterbrochen.",
  },
  checksum: {
    title: "Bytes weichen von der Angabe der Quelle ab",
    cure: "Wiederholen; bleibt es dabei, die Datei an der Quelle neu hochladen.",
  },
  forbidden: {
    title: "Die Quelle verweigert den Zugriff",
    cure: "Datei für „Jeder mit dem Link“ freigeben, dann wiederholen.",
  },
  abusive: {
    title: "Von der Quelle als schädlich markiert",
    cure: "Nur der Eigentümer kann sie dort laden.",
  },
  provider_error: { title: "Fehler bei der Quelle", cure: "In einigen Minuten wiederholen." },
  timeout: {
    title: "Die Quelle brauchte zu lange",
    cure: "Wiederholen, wenn die Verbindung ruhiger ist.",
  },
  unreachable: {
    title: "Die Quelle war nicht erreichbar",
    cure: "Internetverbindung des Servers prüfen, dann wiederholen.",
  },
  too_many_crashes: {
    title: "Diese Datei hat ihren Worker mehrmals beendet",
    cure: "Im Protokoll des Servers nachsehen, dann wiederholen.",
  },
  storage: {
    title: "Die Bytes konnten nicht gespeichert werden",
    cure: "Freien Platz und Zugriff des Speichers prüfen, dann wiederholen.",
  },
  vanished: {
    title: "Nach dem Auflisten verschwunden",
    cure: "Bei Bedarf an der Quelle wiederherstellen, dann wiederholen.",
  },
  job_cancelled: {
    title: "Der Auftrag wurde abgebrochen",
    cure: "Neu importieren, um sie doch zu holen.",
  },
};

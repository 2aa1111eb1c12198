/** German: the reasons. */
import type { Translation } from "../catalogue";
import type { reasons as english, cures as englishCures } from "../en/reasons";

export const reasons: Translation<typeof english> = {
  not_an_image: { title: "Kein Bild", cure: "Nichts zu tun: Nur Bilder werden aufbewahrt." },
  not_binary: {
    title: "Ein Google-Dokument ohne Datei dahinter",
    cure: "An der Quelle als Bild exportieren und erneut importieren.",
  },
  empty: { title: "Leer, 0 Byte", cure: "An der Quelle neu hochladen und erneut importieren." },
  too_large: {
    title: "Größer als erlaubt",
    cure: "LIMIT_FILE_BYTES erhöhen, den Server neu starten und erneut importieren.",
  },
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
    cure: "Mit anderen Filtern erneut importieren.",
  },
  not_an_address: {
    title: "Keine Web-Adresse",
    cure: "Die Zeile in Ihrer Liste verbessern und noch einmal importieren.",
  },
  address_refused: {
    title: "Führt nicht ins öffentliche Internet",
    cure: "Wenn Sie ihr trauen: ihr Netz in ALLOW_PRIVATE_ADDRESSES nennen, neu starten und wiederholen.",
  },
  same_content: {
    title: "Gleicher Inhalt wie ein vorhandenes Bild",
    cure: "Nichts zu tun: Die Bytes liegen einmal vor.",
  },
  unchanged: {
    title: "Schon importiert und unverändert",
    cure: "Nichts zu tun: Es wurde nichts geladen.",
  },
  in_trash: {
    title: "Das Bild wurde in den Papierkorb gelegt",
    cure: "Aus dem Papierkorb wiederherstellen; nach 30 Tagen den Ordner von Hand importieren.",
  },
  renamed: {
    title: "An der Quelle umbenannt",
    cure: "Nichts zu tun: Der Name des Bildes wurde angepasst.",
  },
  html_instead_of_file: {
    title: "Statt der Datei kam eine Webseite",
    cure: "Die Quelle begrenzt wohl das Laden: etwas warten, dann wiederholen.",
  },
  truncated: {
    title: "Der Download brach ab",
    cure: "Wiederholen: Die Verbindung wurde unterbrochen.",
  },
  checksum: {
    title: "Bytes weichen von der Angabe der Quelle ab",
    cure: "Wiederholen; bleibt es dabei, an der Quelle neu hochladen.",
  },
  forbidden: {
    title: "Die Quelle verweigert den Zugriff",
    cure: "Für „Jeder mit dem Link“ oder für das verbundene Konto freigeben, dann wiederholen.",
  },
  abusive: {
    title: "Von der Quelle als schädlich markiert",
    cure: "Nur der Eigentümer kann sie an der Quelle laden.",
  },
  provider_error: { title: "Fehler bei der Quelle", cure: "In einigen Minuten wiederholen." },
  timeout: {
    title: "Die Quelle brauchte zu lange",
    cure: "Später wiederholen.",
  },
  unreachable: {
    title: "Die Quelle war nicht erreichbar",
    cure: "Netzwerk prüfen, dann wiederholen.",
  },
  too_many_crashes: {
    title: "Diese Datei hat ihren Worker mehrmals beendet",
    cure: "Im Protokoll des Servers nachsehen, dann wiederholen.",
  },
  storage: {
    title: "Die Bytes konnten nicht gespeichert werden",
    cure: "Freien Platz und Zugriff des Speichers prüfen (pixharbor doctor), dann wiederholen.",
  },
  vanished: {
    title: "Nach dem Auflisten verschwunden",
    cure: "An der Quelle wiederherstellen, dann wiederholen.",
  },
  job_cancelled: {
    title: "Der Auftrag wurde abgebrochen",
    cure: "Erneut importieren.",
  },
};

export const cures: Translation<typeof englishCures> = {
  "local_folder/forbidden":
    "Für den Benutzer lesbar machen, unter dem der Server läuft, dann wiederholen.",
  "local_folder/unreachable": "Prüfen, ob das Laufwerk eingehängt ist, dann wiederholen.",
  "object_storage/forbidden":
    "Diesem Server das Lesen erlauben oder aus der Archivklasse wiederherstellen, dann wiederholen.",
  "web_urls/forbidden":
    "Die Website gibt es nicht her: den Betreiber fragen oder die Datei auf anderem Weg bringen.",
  "web_urls/vanished": "Die Adresse im Browser prüfen, verbessern und noch einmal importieren.",
  "zip_archive/forbidden":
    "Verschlüsselte Einträge sind nicht lesbar: das Archiv selbst entpacken und den Ordner importieren.",
  "zip_archive/truncated": "Das Archiv neu packen und bringen: Das gelesene ist gelöscht.",
  "zip_archive/checksum": "Das Archiv neu packen und bringen: Das gelesene ist gelöscht.",
  "zip_archive/vanished": "Das Archiv noch einmal bringen: Das gelesene ist gelöscht.",
  "zip_archive/provider_error": "Das Archiv noch einmal bringen: Das gelesene ist gelöscht.",
  "zip_archive/timeout": "Das Archiv noch einmal bringen: Das gelesene ist gelöscht.",
  "zip_archive/unreachable": "Das Archiv noch einmal bringen: Das gelesene ist gelöscht.",
  "zip_archive/too_many_crashes": "Das Archiv noch einmal bringen: Das gelesene ist gelöscht.",
  "zip_archive/storage": "Das Archiv noch einmal bringen: Das gelesene ist gelöscht.",
};

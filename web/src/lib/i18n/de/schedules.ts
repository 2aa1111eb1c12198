/** German: the schedules. */
import type { Translation } from "../catalogue";
import type { schedules as english } from "../en/schedules";

export const schedules: Translation<typeof english> = {
  title: "Geplante Importe",
  every: { hourly: "stündlich", daily: "täglich", weekly: "wöchentlich", monthly: "monatlich" },
  next: "nächstes Mal {{time}}",
  paused: "pausiert",
  last: "Letzter Auftrag",
  pause: "Pausieren",
  resume: "Fortsetzen",
  remove: "Zeitplan entfernen",
  confirm: {
    title: "Diesen Zeitplan entfernen?",
    detail: "Dieser Ort wird nicht mehr automatisch importiert. Aufträge und Bilder bleiben.",
  },
};

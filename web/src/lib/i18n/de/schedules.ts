/** German: the schedules. */
import type { Translation } from "../catalogue";
import type { schedules as english } from "../en/schedules";

export const schedules: Translation<typeof english> = {
  title: "Wird von selbst wieder importiert",
  every: { hourly: "stündlich", daily: "täglich", weekly: "wöchentlich", monthly: "monatlich" },
  next: "nächstes Mal {{time}}",
  paused: "pausiert",
  last: "Letzter Auftrag",
  pause: "Pausieren",
  resume: "Weiterlaufen lassen",
  remove: "Zeitplan entfernen",
  confirm: {
    title: "Diesen Zeitplan entfernen?",
    detail: "Der Ort wird nicht mehr von selbst importiert. Aufträge und Bilder bleiben.",
  },
};

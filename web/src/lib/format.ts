/** Numbers, sizes, durations and times as the chosen language writes them. */
import i18n from "i18next";

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export function formatCount(value: number): string {
  return new Intl.NumberFormat(i18n.language).format(value);
}

export function formatRate(value: number): string {
  const digits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits }).format(value);
}

/** Decimal units (1 MB = 1,000,000 bytes), as providers and file managers print them. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** step;
  return new Intl.NumberFormat(i18n.language, {
    style: "unit",
    unit: units[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step > 1 && value < 100 ? 1 : 0,
  }).format(value);
}

/** The two largest units, as the server says them: "6 min 10 s", "1 h 4 min"; at least "1 s". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "days"],
    [Math.floor((whole % 86_400) / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => (unit === "days" ? formatDays(value) : `${value} ${unit}`))
    .join(" ");
}

/** Only days have no sign of their own in all languages. */
function formatDays(value: number): string {
  const style = { style: "unit", unit: "day", unitDisplay: "long" } as const;
  return new Intl.NumberFormat(i18n.language, style).format(value);
}

/** A measured time: below ten seconds with a decimal, so that it agrees with a pace beside it. */
export function formatElapsed(seconds: number): string {
  if (seconds >= 9.95) return formatDuration(seconds);
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const value = Math.max(0.1, seconds);
  return `${new Intl.NumberFormat(i18n.language, digits).format(value)} s`;
}

export function formatDateTime(iso: string): string {
  return new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}

export function formatTime(iso: string): string {
  return new Intl.DateTimeFormat(i18n.language, { timeStyle: "short" }).format(new Date(iso));
}

/** "3 minutes ago"; beyond a week the date itself says more. */
export function formatAgo(iso: string, now = Date.now()): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  const relative = new Intl.RelativeTimeFormat(i18n.language, { numeric: "auto" });
  const age = Math.abs(seconds);
  if (age < 60) return relative.format(0, "second");
  if (age < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (age < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  if (age < 7 * 86_400) return relative.format(Math.round(seconds / 86_400), "day");
  return new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium" }).format(new Date(iso));
}

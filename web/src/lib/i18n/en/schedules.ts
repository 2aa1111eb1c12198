/** Words of the schedules. */
export const schedules = {
  title: "Imported again by itself",
  every: { hourly: "hourly", daily: "daily", weekly: "weekly", monthly: "monthly" },
  next: "next at {{time}}",
  paused: "paused",
  last: "Last job",
  pause: "Pause",
  resume: "Let it go on",
  remove: "Remove schedule",
  confirm: {
    title: "Remove this schedule?",
    detail: "The place is imported no more by itself. Its jobs and images stay.",
  },
} as const;

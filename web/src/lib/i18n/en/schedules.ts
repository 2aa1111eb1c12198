/** Words of the schedules. */
export const schedules = {
  title: "Scheduled imports",
  every: { hourly: "hourly", daily: "daily", weekly: "weekly", monthly: "monthly" },
  next: "next at {{time}}",
  paused: "paused",
  last: "Last job",
  pause: "Pause",
  resume: "Resume",
  remove: "Remove schedule",
  confirm: {
    title: "Remove this schedule?",
    detail: "This place is no longer imported automatically. Its jobs and images stay.",
  },
} as const;

/** A message in the flow of the page: what is the matter, and what to do. */
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

type Tone = "alarm" | "caution" | "calm";

const tones: Record<Tone, { box: string; mark: string; icon: typeof Info }> = {
  alarm: { box: "bg-alarm-well border-alarm", mark: "text-alarm", icon: CircleAlert },
  caution: { box: "bg-caution-well border-caution", mark: "text-caution", icon: TriangleAlert },
  calm: { box: "bg-well border-sea", mark: "text-sea", icon: Info },
};

interface NoticeProps {
  tone: Tone;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function Notice({ tone, title, children, action }: NoticeProps) {
  const { box, mark, icon: Icon } = tones[tone];
  return (
    <div
      role={tone === "alarm" ? "alert" : "status"}
      className={cx("enter flex gap-3 rounded-plate border-l-[3px] px-4 py-3", box)}
    >
      <Icon className={cx("mt-0.5 size-[1.1rem] shrink-0", mark)} aria-hidden />
      <div className="min-w-0 flex-1 text-pretty [overflow-wrap:anywhere]">
        <p className="font-[620]">{title}</p>
        {children && <div className="mt-0.5 space-y-1 text-soft">{children}</div>}
        {action && <div className="mt-3 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  );
}

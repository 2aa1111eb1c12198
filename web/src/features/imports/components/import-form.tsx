/** The import form: a tab for each way in, and below them what can be chosen for all. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Tabs } from "@/components/ui/tabs";
import type { JobSummary, ImportOptions as Options } from "@/lib/api/types";
import { type WayId, ways } from "../panels";
import { ImportOptions } from "./import-options";

export function ImportForm({ onStarted }: { onStarted: (job: JobSummary) => void }) {
  const { t } = useTranslation("imports");
  const [way, setWay] = useState<WayId>("link");
  const [options, setOptions] = useState<Options>({});
  return (
    <>
      <Tabs
        label={t("ways.label")}
        selected={way}
        onSelect={setWay}
        tabs={ways.map(({ id, Icon, Panel }) => ({
          id,
          Icon,
          label: t(`ways.${id}`),
          panel: (
            <div className="pt-5">
              <Panel options={options} onStarted={onStarted} />
            </div>
          ),
        }))}
      />
      <ImportOptions options={options} onChange={setOptions} />
    </>
  );
}

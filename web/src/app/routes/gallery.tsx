/** "/gallery": every image that is kept; `?image=` opens one. */
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { GalleryView } from "@/features/gallery/components/gallery-view";
import { useJobTitle } from "@/features/jobs/hooks/use-job-title";
import { useLiveJob } from "@/features/jobs/hooks/use-live-job";
import type { GallerySearch } from "../search";
import { usePageTitle } from "../use-page-title";

const route = getRouteApi("/gallery");

/** Leaves out what is empty, so that the address stays short. */
function compact(search: { [Key in keyof GallerySearch]: string | undefined }): GallerySearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value));
}

export function GalleryScreen() {
  const { t } = useTranslation("gallery");
  const { image, ...filter } = route.useSearch();
  const navigate = route.useNavigate();
  const jobName = useJobName(filter.job);
  usePageTitle(t("title"));

  const open = (id: string | undefined) =>
    void navigate({
      search: compact({ ...filter, image: id }),
      // Paging through images leaves one step back: to the gallery.
      replace: true,
      resetScroll: false,
    });
  return (
    <GalleryView
      filter={filter}
      onFilter={(next) => void navigate({ search: compact(next), replace: true })}
      jobName={jobName}
      open={image}
      onOpen={open}
    />
  );
}

function useJobName(id: string | undefined): string | undefined {
  const query = useLiveJob(id);
  return useJobTitle(query.data) || undefined;
}

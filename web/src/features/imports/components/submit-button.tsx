/** The button that starts an import, and says so while the source is being asked. */
import { ArrowRight, LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";

interface SubmitButtonProps {
  pending: boolean;
  disabled?: boolean;
}

export function SubmitButton({ pending, disabled = false }: SubmitButtonProps) {
  const { t } = useTranslation("imports");
  return (
    <Button
      type="submit"
      look="primary"
      className="min-h-12 px-6 text-base"
      disabled={pending || disabled}
    >
      {pending ? t("submitting") : t("submit")}
      {pending ? <LoaderCircle className="animate-spin" aria-hidden /> : <ArrowRight aria-hidden />}
    </Button>
  );
}

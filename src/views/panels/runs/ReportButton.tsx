// Saves a report; its code is loaded when the button is pressed.
import { useState } from 'react';
import { useStore } from '../../../store/store.ts';
import { downloadText } from '../../charts/csv.ts';
import { SmallButton } from '../../charts/parts/SmallButton.tsx';

export interface ReportButtonProps {
  /** Name of the report: "Report of the chosen runs". */
  label: string;
  fileName: string;
  /** Makes the page, as text. */
  make(): Promise<string>;
}

export function ReportButton({ label, fileName, make }: ReportButtonProps) {
  const [isMaking, setMaking] = useState(false);
  const save = async () => {
    if (isMaking) return;
    setMaking(true);
    try {
      downloadText(fileName, await make(), 'text/html');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      useStore.setState({ archiveReport: { title: 'The report was not made', lines: [reason] } });
    } finally {
      setMaking(false);
    }
  };
  return (
    <SmallButton label={label} onClick={() => void save()}>
      {isMaking ? 'Report …' : 'Report'}
    </SmallButton>
  );
}

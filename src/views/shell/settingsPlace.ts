// Where the settings stand, for messages that point to them.
import { embeddedOf } from '../../store/embed.ts';
import { useStore } from '../../store/store.ts';
import { NARROW, useMedia } from './useMedia.ts';

const isEmbedded = embeddedOf(location.search) !== null;

/** Left of the charts, in the sheet of narrow windows, behind the stage, or only in the whole workbench (frames). */
export type SettingsPlace = 'left' | 'sheet' | 'behind-stage' | 'elsewhere';

export function useSettingsPlace(): SettingsPlace {
  const narrow = useMedia(NARROW);
  const onStage = useStore((s) => s.view.stage);
  if (isEmbedded) return 'elsewhere';
  if (onStage) return 'behind-stage';
  return narrow ? 'sheet' : 'left';
}

// Keeps the place of the keyboard. Where a control that has the focus goes away or is switched off, browsers put the focus at the
// start of the page, sixty settings before the charts; here it goes to the control that followed, or else stood before.
import { focusViews } from './focusViews.ts';

const CONTROLS = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** A control that came up to take something back: the keyboard goes there rather than to a neighbour of what is gone. */
const OFFER = '[data-takes-back]';

/** Whether the keyboard can go there now. */
const isOpen = (element: HTMLElement): boolean =>
  element.isConnected &&
  element.tabIndex >= 0 &&
  !element.matches(':disabled') &&
  element.closest('[inert]') === null &&
  element.checkVisibility({ visibilityProperty: true });

/**
 * The control to go on from.
 * @param controls - all controls of the page in order, when `lost` had the focus
 * @param isOff - it is still there, and switched off: the one before it goes on, because a key that is pressed once more must
 *   not do what stands behind ("Stop", then "Reset")
 */
export function nextOf<T>(
  controls: readonly T[],
  lost: T,
  isOff: boolean,
  isFit: (control: T) => boolean,
): T | null {
  const at = controls.indexOf(lost);
  const after = controls.slice(at + 1).find(isFit) ?? null;
  const before = controls.slice(0, Math.max(0, at)).findLast(isFit) ?? null;
  return isOff ? (before ?? after) : (after ?? before);
}

/** Milliseconds that a control may be switched off before the keyboard leaves it. */
const PATIENCE_MS = 1000;

/** @returns what ends it */
export function keepFocus(): () => void {
  let byKey = false;
  let last: { element: HTMLElement; region: Element | null; controls: HTMLElement[] } | null = null;
  let isWaiting = false;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const onFocus = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    // Only within the same region: what follows a card of the panel is in the panel.
    const region = target.closest('#panel, header, aside, nav, main');
    const controls = [...(region ?? document.body).querySelectorAll<HTMLElement>(CONTROLS)];
    last = { element: target, region, controls };
  };
  const leave = () => {
    if (!byKey || !last || document.activeElement !== document.body) return;
    const { element, region, controls } = last;
    last = null;
    const offer = element.isConnected ? null : document.querySelector<HTMLElement>(OFFER);
    const isNew = offer !== null && !controls.includes(offer) && isOpen(offer);
    const next = region?.isConnected ? nextOf(controls, element, element.isConnected, isOpen) : null;
    if (isNew) offer.focus();
    else if (next) next.focus();
    else focusViews();
  };
  const recover = () => {
    isWaiting = false;
    if (!byKey || !last || document.activeElement !== document.body) return;
    const { element } = last;
    if (isOpen(element)) {
      // Each time that it is switched off counts anew.
      clearTimeout(patience);
      patience = undefined;
      element.focus();
    } else if (!element.isConnected) leave();
    // "Step" is off while a step is taken: its key must not reach a neighbour meanwhile.
    else
      patience ??= setTimeout(() => {
        patience = undefined;
        leave();
      }, PATIENCE_MS);
  };
  const onChange = () => {
    if (isWaiting || !byKey || !last || document.activeElement !== document.body) return;
    isWaiting = true;
    // Whoever knows a better place goes there first.
    requestAnimationFrame(() => requestAnimationFrame(recover));
  };
  const onKey = () => {
    byKey = true;
  };
  // Who clicks beside all controls wants no focus.
  const onPointer = () => {
    byKey = false;
    last = null;
  };
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ['disabled', 'inert'] });
  document.addEventListener('focusin', onFocus);
  document.addEventListener('keydown', onKey, true);
  document.addEventListener('pointerdown', onPointer, true);
  return () => {
    clearTimeout(patience);
    observer.disconnect();
    document.removeEventListener('focusin', onFocus);
    document.removeEventListener('keydown', onKey, true);
    document.removeEventListener('pointerdown', onPointer, true);
  };
}

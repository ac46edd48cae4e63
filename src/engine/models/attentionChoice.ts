// The setting that chooses the kind of attention of a transformer. It follows the model's other settings if there is a choice;
// otherwise no form, link or command line has it.
import type { ParamSpec, Params } from '../config/params.ts';
import { lookUp } from '../core/registry.ts';
import type { AttentionDef } from '../layers/attention/attention.ts';
import { type AttentionId, attentions } from '../layers/attention/registry.ts';

const KEY = 'attentionVariant';
const DEFAULT: AttentionId = 'softmax';

export function withAttentionChoice(params: readonly ParamSpec[]): readonly ParamSpec[] {
  const variants = Object.values<AttentionDef>(attentions);
  if (variants.length < 2) return params;
  const choice: ParamSpec = {
    kind: 'choice',
    key: KEY,
    label: 'Att. weights',
    help: 'How queries weight the keys they may read.',
    options: variants.map(({ id, label, summary }) => ({ value: id, label, help: summary })),
    default: DEFAULT,
    advanced: true,
  };
  return [...params, choice];
}

/** @param values - checked values of a model whose settings `withAttentionChoice` completed */
export const attentionOf = (values: Params): AttentionDef =>
  lookUp<AttentionDef>(attentions, String(values[KEY] ?? DEFAULT), `model.params.${KEY}`);

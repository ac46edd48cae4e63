// Names of tasks as valid PyTorch keys: `nn.ModuleDict` refuses keys with dots, empty keys, and keys that are its own
// attributes. Export percent-encodes them injectively, and import decodes them.
import type { GradientModelDef, ModelContext } from '../models/model.ts';

/** Attributes of `torch.nn.ModuleDict`, PyTorch 1.6 to 2.13. */
const ATTRIBUTES = new Set(
  (
    'T_destination add_module apply bfloat16 buffers call_super_init children clear compile cpu cuda double dump_patches ' +
    'eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu items keys ' +
    'load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters pop ' +
    'register_backward_hook register_buffer register_forward_hook register_forward_pre_hook ' +
    'register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook ' +
    'register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook ' +
    'register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to to_empty ' +
    'train training type update values xpu zero_grad ' +
    '_apply _backward_hooks _backward_pre_hooks _buffers _call_impl _compiled_call_impl _forward_hooks ' +
    '_forward_hooks_always_called _forward_hooks_with_kwargs _forward_pre_hooks _forward_pre_hooks_with_kwargs ' +
    '_get_backward_hooks _get_backward_pre_hooks _get_name _is_full_backward_hook _load_from_state_dict ' +
    '_load_state_dict_post_hooks _load_state_dict_pre_hooks _maybe_warn_non_full_backward_hook _modules ' +
    '_named_members _non_persistent_buffers_set _parameters _register_load_state_dict_pre_hook ' +
    '_register_state_dict_hook _replicate_for_data_parallel _save_to_state_dict _slow_forward _state_dict_hooks ' +
    '_state_dict_pre_hooks _version _wrapped_call_impl'
  ).split(' '),
);

const encode = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * The key of a task in a ModuleDict: the name itself if PyTorch accepts it. Keys are unique, because `fromTorchKey` restores
 * each name.
 */
export function toTorchKey(name: string): string {
  // "%" alone: no non-empty name is encoded like this.
  if (name === '') return '%';
  const isRefused = name.includes('.') || ATTRIBUTES.has(name) || name.startsWith('__');
  if (!isRefused && name !== '%' && !/%[0-9A-F]{2}/.test(name)) return name;
  const encoded = name.replace(/[%.]/g, encode);
  return encoded === name ? encode(name) + name.slice(1) : encoded;
}

export const fromTorchKey = (key: string): string =>
  key === '%'
    ? ''
    : key.replace(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/**
 * File names of tensors by their model names; empty if PyTorch accepts all task names. Initial values are drawn by model names,
 * which therefore do not change.
 */
export function savedNames(
  def: GradientModelDef,
  context: Omit<ModelContext, 'seed' | 'countOnly'>,
): ReadonlyMap<string, string> {
  const tasks = context.tasks.map((task) => ({ ...task, name: toTorchKey(task.name) }));
  if (tasks.every(({ name }, i) => name === context.tasks[i]?.name)) return new Map();
  const [own, saved] = [context.tasks, tasks].map((list) => namesOf(def, { ...context, tasks: list }));
  return new Map(own?.map((name, i): [string, string] => [name, saved?.[i] ?? name]));
}

function namesOf(def: GradientModelDef, context: Omit<ModelContext, 'seed' | 'countOnly'>) {
  const model = def.build({ ...context, seed: 0, countOnly: true });
  model.dispose();
  const parts = [...model.parameters, ...model.buffers].flatMap((p) => p.parts.map(({ name }) => name));
  return [...parts, ...model.frozen.keys()];
}

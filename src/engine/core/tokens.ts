// A token of attention, as it is named on the axes of a map.

export interface TokenLabel {
  name: string;
  group: 'task' | 'categorical' | 'numeric' | 'row';
}

// A reader of outside data, and the valid content that is damaged for it.
export interface Sample {
  /** What a file with this content would be called. */
  name: string;
  bytes: Uint8Array;
  /** Whether it is also edited as JSON. */
  isJson?: boolean;
}

export interface Target {
  samples(): Promise<Sample[]> | Sample[];
  /** Returns, or throws a WorkbenchError that names the place; any other error is a fault. */
  read(sample: Sample): unknown;
}

// The backend that computes: which one is asked for, which one runs, and why.

export type BackendId = 'webgpu' | 'wasm' | 'cpu';

export interface BackendReport {
  active: BackendId;
  /** "Apple M2", "relaxed SIMD", "JavaScript". The same settings give the same digits on the same backend and adapter. */
  adapter: string;
  /** Why this one: the first choice, or why the better ones were passed over. */
  reason: string;
  /** One line per backend that was tried or skipped, best first. */
  tried: { id: BackendId; outcome: string }[];
  software: boolean;
}

/** "wasm (relaxed SIMD)" */
export const backendName = ({ active, adapter }: { active: string; adapter: string }): string =>
  `${active} (${adapter})`;

export interface BackendRequest {
  backend: BackendId | 'auto';
  /** Only then may `webgpu` be a software adapter (tests do this). */
  allowSoftwareAdapter: boolean;
}

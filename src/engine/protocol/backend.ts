// The compute backend: the requested one, the active one, and why.

export type BackendId = 'webgpu' | 'wasm' | 'cpu';

export interface BackendReport {
  active: BackendId;
  /** "Apple M2", "relaxed SIMD", "JavaScript". Equal settings give equal digits on the same backend and adapter. */
  adapter: string;
  /** Why this one: the first choice, or why better ones were skipped. */
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
  /** If true, `webgpu` may be a software adapter (used by tests). */
  allowSoftwareAdapter: boolean;
}

// The closed word lists of the manifest (spec 01) and the limits that depend on them.

export const serviceTypes = [
  'ML_INFERENCE',
  'ML_TRAINING',
  'ML_PREPROCESSING',
  'DATA_ANALYSIS',
  'DATA_TRANSFORMATION',
  'DATA_VALIDATION',
  'DATA_AGGREGATION',
  'MATHEMATICAL',
  'SCIENTIFIC_COMPUTING',
  'OPTIMIZATION',
  'NUMERICAL_ANALYSIS',
  'ENCRYPTION',
  'DIGITAL_SIGNATURE',
  'HASH_COMPUTATION',
  'KEY_DERIVATION',
  'IMAGE_PROCESSING',
  'VIDEO_PROCESSING',
  'AUDIO_PROCESSING',
  'TEXT_PROCESSING',
  'API_PROXY',
  'WEB_SCRAPING',
  'BLOCKCHAIN_ANALYSIS',
  'FINANCIAL_MODELING',
  'FORMAT_CONVERSION',
  'COMPRESSION',
  'VALIDATION',
  'MONITORING',
  'WORKFLOW',
  'CUSTOM',
] as const;

export const languages = [
  'kotlin',
  'java',
  'python',
  'javascript',
  'typescript',
  'cpp',
  'c',
  'rust',
  'go',
  'wasm',
  'other',
] as const;

/** Always available where the device can sandbox at all. */
export const baseRuntimes = ['jvm', 'native'] as const;
export const optionalRuntimes = ['python', 'nodejs', 'go', 'rust', 'wasm'] as const;
export const runtimes = [...baseRuntimes, ...optionalRuntimes] as const;
export type Runtime = (typeof runtimes)[number];

/** From the most to the least able; a manifest names the LOWEST that may run it. */
export const deviceProfiles = ['flagship', 'mid-range', 'budget'] as const;
export type DeviceProfile = (typeof deviceProfiles)[number];

export const platforms = ['android', 'linux', 'wasm'] as const;
export const inputSources = ['file', 'image', 'camera', 'value', 'url'] as const;
export const privacyClasses = ['public', 'private', 'sensitive'] as const;
export type PrivacyClass = (typeof privacyClasses)[number];

/** Memory that a service may have, runtime included, when its manifest doesn't say. */
export const DEFAULT_MEMORY_MB = 64;
/** Ceiling of maxMemoryMB by the device that runs it. */
export const memoryCeilingMB: Readonly<Record<DeviceProfile, number>> = {
  budget: 64,
  'mid-range': 256,
  flagship: 512,
};

export const packageLimits = {
  packedBytes: 50 * 1024 * 1024,
  unpackedBytes: 200 * 1024 * 1024,
  modelBytes: 30 * 1024 * 1024,
  entries: 10_000,
  /** Uncompressed : compressed, per entry. */
  ratio: 100,
  manifestBytes: 2 * 1024 * 1024,
  /** The envelope holds the manifest in base64. */
  signatureBytes: 4 * 1024 * 1024,
} as const;

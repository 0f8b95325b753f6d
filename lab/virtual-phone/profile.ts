// What a virtual phone claims to be. Always says that it is virtual.

export interface Profile {
  readonly name: ProfileName;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly apiLevel: number;
  readonly androidVersion: string;
  readonly batteryMah: number;
}

export const profileNames = ['flagship', 'mid-range', 'budget'] as const;
export type ProfileName = (typeof profileNames)[number];

const GIB = 1024 ** 3;

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  flagship: {
    name: 'flagship',
    cores: 8,
    memoryBytes: 12 * GIB,
    storageBytes: 256 * GIB,
    apiLevel: 34,
    androidVersion: '14',
    batteryMah: 5000,
  },
  'mid-range': {
    name: 'mid-range',
    cores: 8,
    memoryBytes: 6 * GIB,
    storageBytes: 128 * GIB,
    apiLevel: 33,
    androidVersion: '13',
    batteryMah: 4500,
  },
  budget: {
    name: 'budget',
    cores: 4,
    memoryBytes: 3 * GIB,
    storageBytes: 32 * GIB,
    apiLevel: 30,
    androidVersion: '11',
    batteryMah: 4000,
  },
};

export type Abi = 'x86_64' | 'arm64-v8a';

/** The ABI of programs that run here. Throws nothing: an unknown machine is reported by its own name. */
export const abiOf = (arch: string): string =>
  arch === 'x64' ? 'x86_64' : arch === 'arm64' ? 'arm64-v8a' : arch;

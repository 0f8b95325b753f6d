// What a phone's system knows of itself: properties, battery, heat, settings, packages, log. Plain data with rules;
// no I/O. Owned by the phone process; commands inside read and change it, and so does the control side.

import { type Clock, Emitter } from '#base';
import type { Profile } from '../profile.ts';
import { LogBuffer } from './log-buffer.ts';

export type Charger = 'none' | 'ac' | 'usb' | 'wireless';

export interface Battery {
  /** 0..100. */
  level: number;
  /** BatteryManager.BATTERY_STATUS_*: 1 unknown, 2 charging, 3 discharging, 4 not charging, 5 full. */
  status: number;
  charger: Charger;
  /** Tenths of a degree Celsius. */
  temperature: number;
  /** Millivolts. */
  voltage: number;
  /** `dumpsys battery set` was used: hardware changes are ignored until reset. */
  frozen: boolean;
}

export interface Heat {
  /** Temperature.ThrottlingSeverity: 0 none .. 6 shutdown. */
  status: number;
  /** Degrees Celsius of the skin sensor. */
  skin: number;
  cpu: number;
  /** `cmd thermalservice override-status` was used. */
  overridden: boolean;
}

export interface InstalledPackage {
  readonly name: string;
  readonly versionCode: number;
  /** Inside the phone: /data/app/.../base.apk. */
  readonly path: string;
}

export interface PhoneIdentity {
  readonly name: string;
  readonly serial: string;
  readonly abi: string;
  readonly isolation: 'namespaces' | 'plain';
}

export class PhoneState {
  readonly profile: Profile;
  readonly identity: PhoneIdentity;
  readonly clock: Clock;
  readonly properties: Map<string, string>;
  readonly battery: Battery = {
    level: 85,
    status: 2,
    charger: 'usb',
    temperature: 270,
    voltage: 4100,
    frozen: false,
  };
  readonly heat: Heat = { status: 0, skin: 31, cpu: 38, overridden: false };
  readonly settings = new Map<string, Map<string, string>>();
  readonly packages = new Map<string, InstalledPackage>();
  readonly log: LogBuffer;
  /** Battery or heat changed. */
  readonly changed = new Emitter<'battery' | 'heat'>();
  readonly startedAt: number;

  constructor(profile: Profile, identity: PhoneIdentity, clock: Clock) {
    this.profile = profile;
    this.identity = identity;
    this.clock = clock;
    this.startedAt = clock.monotonic();
    this.log = new LogBuffer(clock);
    this.properties = new Map(Object.entries(initialProperties(profile, identity)));
    this.settings.set(
      'system',
      new Map([
        ['screen_brightness', '128'],
        ['screen_off_timeout', '60000'],
      ]),
    );
    this.settings.set('secure', new Map([['android_id', identity.serial.toLowerCase()]]));
    this.settings.set(
      'global',
      new Map([
        ['adb_enabled', '1'],
        ['airplane_mode_on', '0'],
        ['device_name', identity.name],
        ['low_power', '0'],
        ['stay_on_while_plugged_in', '0'],
        ['wifi_on', '1'],
      ]),
    );
  }

  setBattery(change: Partial<Pick<Battery, 'level' | 'status' | 'charger' | 'temperature'>>): void {
    Object.assign(this.battery, change);
    if (change.charger !== undefined && change.status === undefined) {
      this.battery.status = change.charger === 'none' ? 3 : this.battery.level >= 100 ? 5 : 2;
    }
    this.battery.voltage = 3500 + Math.round(this.battery.level * 8);
    this.changed.emit('battery');
  }

  setHeat(change: { status?: number; temperature?: number }): void {
    if (change.status !== undefined) this.heat.status = change.status;
    if (change.temperature !== undefined) {
      this.heat.skin = change.temperature;
      this.heat.cpu = change.temperature + 7;
    }
    this.changed.emit('heat');
  }
}

function initialProperties(profile: Profile, identity: PhoneIdentity): Record<string, string> {
  const abiList = identity.abi;
  const build = `abhaya/virtual_phone/virtual_phone:${profile.androidVersion}/VP.1/1:user/release-keys`;
  return {
    'dalvik.vm.heapsize': '512m',
    'dev.bootcomplete': '1',
    'init.svc.adbd': 'running',
    'net.hostname': identity.name,
    'persist.sys.timezone': 'UTC',
    'ro.abhaya.isolation': identity.isolation,
    'ro.abhaya.profile': profile.name,
    'ro.abhaya.cores': String(profile.cores),
    'ro.abhaya.memory_bytes': String(profile.memoryBytes),
    'ro.abhaya.storage_bytes': String(profile.storageBytes),
    'ro.adb.secure': '1',
    'ro.boot.qemu': '1',
    'ro.boot.serialno': identity.serial,
    'ro.build.fingerprint': build,
    'ro.build.id': 'VP.1',
    'ro.build.type': 'user',
    'ro.build.version.release': profile.androidVersion,
    'ro.build.version.sdk': String(profile.apiLevel),
    'ro.debuggable': '0',
    'ro.hardware': 'virtual_phone',
    'ro.kernel.qemu': '1',
    'ro.product.board': 'virtual_phone',
    'ro.product.brand': 'Abhaya',
    'ro.product.cpu.abi': identity.abi,
    'ro.product.cpu.abilist': abiList,
    'ro.product.cpu.abilist64': abiList,
    'ro.product.device': 'virtual_phone',
    'ro.product.manufacturer': 'Abhaya',
    'ro.product.model': 'Virtual Phone',
    'ro.product.name': 'virtual_phone',
    'ro.secure': '1',
    'ro.serialno': identity.serial,
    'sys.boot_completed': '1',
  };
}

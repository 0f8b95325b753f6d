// Names of the small commands that phone-call answers to inside a phone.

export const phoneCommands = [
  'am',
  'cmd',
  'dumpsys',
  'getprop',
  'log',
  'logcat',
  'pm',
  'reboot',
  'service',
  'setprop',
  'settings',
  'wm',
] as const;

export type PhoneCommand = (typeof phoneCommands)[number];

// What the phone says of itself in CNXN.

/** Features that we have; a host uses a feature only when both sides name it. */
export const features = [
  'shell_v2',
  'cmd',
  'stat_v2',
  'ls_v2',
  'fixed_push_mkdir',
  'fixed_push_symlink_timestamp',
] as const;

/** `device::` and what `adb devices -l` shows. */
export function bannerOf(props: { product: string; model: string; device: string }): string {
  const clean = (value: string) => value.replace(/[;=\0]/g, '_');
  return (
    `device::ro.product.name=${clean(props.product)};ro.product.model=${clean(props.model)};` +
    `ro.product.device=${clean(props.device)};features=${features.join(',')}`
  );
}

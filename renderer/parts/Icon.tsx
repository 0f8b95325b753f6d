import SvgIcon, { type SvgIconProps } from '@mui/material/SvgIcon';

/** An icon of @mdi/js; hidden from screen readers, which get the text beside it. */
export function Icon({ path, ...props }: SvgIconProps & { readonly path: string }) {
  return (
    <SvgIcon {...props} aria-hidden>
      <path d={path} />
    </SvgIcon>
  );
}

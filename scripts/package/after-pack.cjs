// Called by electron-builder before it makes targets of the packed folder: puts the staged lab host into its resources.
// (Its own extraResources leave node_modules and hidden folders out.)

const { cpSync } = require('node:fs');
const path = require('node:path');

exports.default = async ({ appOutDir, electronPlatformName, packager }) => {
  const resources =
    electronPlatformName === 'darwin'
      ? path.join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents', 'Resources')
      : path.join(appOutDir, 'resources');
  const staged = path.resolve(process.env.ABHAYA_PACKAGE_DIR ?? '', 'lab');
  cpSync(staged, path.join(resources, 'lab'), { recursive: true, verbatimSymlinks: true });
};

// A window as the app's own, on the page that is measured. Argument: its address.

const { app, BrowserWindow } = require('electron');

app.whenReady().then(() => {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    useContentSize: true,
    webPreferences: { sandbox: true, contextIsolation: true, backgroundThrottling: false },
  });
  return window.loadURL(process.argv.at(-1));
});
app.on('window-all-closed', () => app.quit());

// Which room may import which: base <- schemas <- device-agent <- lab <- {cli, electron}; renderer takes base and
// schemas only. scripts/boundaries.it.test.mjs plants a fault of every kind and sees it refused.

const rooms = '(?:device-agent|lab)/[^/]+';
const tests = '\\.(?:it\\.)?test\\.(?:ts|mjs)$|\\.(?:tester|contract)\\.ts$|(?:^|/)testing/';

const notAbove = (room, allowed) => ({
  name: `direction-${room}`,
  comment: `${room} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other room'} only`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    path: '^(?:base|schemas|device-agent|lab|cli|electron|renderer|services|bench|e2e)/',
    pathNot: `^(?:${[room, ...allowed].join('|')})/`,
  },
});

module.exports = {
  forbidden: [
    notAbove('base', []),
    notAbove('schemas', ['base']),
    notAbove('device-agent', ['base', 'schemas']),
    notAbove('lab', ['base', 'schemas', 'device-agent']),
    notAbove('cli', ['base', 'schemas', 'device-agent', 'lab']),
    notAbove('electron', ['base', 'schemas', 'device-agent', 'lab']),
    notAbove('renderer', ['base', 'schemas']),
    {
      name: 'no-scripts',
      comment: 'set-up and build scripts are not part of what ships (tests may use them)',
      severity: 'error',
      from: { path: '^(?:base|schemas|device-agent|lab|cli|electron|renderer)/', pathNot: tests },
      to: { path: '^(?:scripts|bin)/' },
    },
    {
      name: 'no-cycles',
      comment: 'imports that run in a circle (types alone don’t count: they are gone at run time)',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'an import that leads nowhere',
      severity: 'error',
      from: {},
      // Vite makes the validators when it builds the page.
      to: { couldNotResolve: true, pathNot: '^virtual:(?:validators|licences)$' },
    },
    {
      name: 'by-the-door-agent-and-lab',
      comment: 'rooms are entered by their index.ts',
      severity: 'error',
      from: { path: `^(${rooms})/`, pathNot: tests },
      to: { path: `^${rooms}/`, pathNot: ['^$1/', `^${rooms}/index\\.ts$`] },
    },
    {
      name: 'by-the-door-from-outside',
      comment: 'rooms are entered by their index.ts',
      severity: 'error',
      from: {
        path: '^(?:(?:cli|electron|renderer|bench|services)/|(?:device-agent|lab)/[^/]+\\.ts$)',
        pathNot: tests,
      },
      // Benchmarks build on the same testers as the tests.
      to: { path: `^${rooms}/`, pathNot: [`^${rooms}/index\\.ts$`, '(?:[.-]tester\\.ts$|/testing/)'] },
    },
    {
      name: 'by-the-door-base',
      comment: 'base is entered by its index.ts',
      severity: 'error',
      from: { pathNot: ['^base/', tests] },
      to: { path: '^base/', pathNot: '^base/index\\.ts$' },
    },
    {
      name: 'by-the-door-schemas',
      comment: 'schemas is entered by its index.ts',
      severity: 'error',
      from: { pathNot: ['^schemas/', tests] },
      to: { path: '^schemas/', pathNot: ['^schemas/index\\.ts$', '^schemas/golden/'] },
    },
    {
      name: 'pure-cores',
      comment: 'a core has no I/O: no Node modules in */core/',
      severity: 'error',
      from: { path: '/core/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-only-renderer',
      comment: 'the renderer reaches no Node module, not even through others',
      severity: 'error',
      from: { path: '^renderer/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-node-behind-renderer',
      comment: 'the renderer reaches no Node module, not even through others',
      severity: 'error',
      from: { path: '^renderer/', pathNot: tests },
      to: {
        path: '^(?:node:)?(?:fs|net|tls|http|https|child_process|os|path|crypto|stream|worker_threads)(?:/|$)',
        reachable: true,
      },
    },
    {
      name: 'renderer-types-only',
      comment: 'the page takes the types of schemas; validators that make code are made when it is built',
      severity: 'error',
      from: { path: '^renderer/', pathNot: [tests, '^renderer/api/answers\\.ts$'] },
      to: { path: '^schemas/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-dev-packages',
      comment: 'what ships must not need a development package',
      severity: 'error',
      from: { path: '^(?:base|schemas|device-agent|lab|cli|electron|renderer)/', pathNot: tests },
      // Electron itself is what the window runs on.
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/electron/',
      },
    },
    {
      name: 'declared-packages',
      comment: 'a package that package.json doesn’t name',
      severity: 'error',
      from: { path: '^(?:base|schemas|device-agent|lab|cli|electron|renderer|bench|services)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(?:^|/)(?:dist|target|build|\\.cache|golden|captures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};

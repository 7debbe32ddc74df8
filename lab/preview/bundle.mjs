// node bundle.mjs VIEW OUT: one script of the view and Grafana's components, for a page that is opened from a file.
import * as esbuild from 'esbuild';

// Of that CommonJS package Grafana's modules want the default export itself, as Grafana's own bundler gives it.
const scrollbars = {
  name: 'scrollbars',
  setup(build) {
    const inner = `${process.cwd()}/node_modules/react-custom-scrollbars-2/lib/index.js`;
    build.onResolve({ filter: /^react-custom-scrollbars-2$/ }, () => ({ path: 'scrollbars', namespace: 'shim' }));
    build.onLoad({ filter: /.*/, namespace: 'shim' }, () => ({
      contents: `module.exports = require(${JSON.stringify(inner)}).default;`, resolveDir: process.cwd(),
    }));
  },
};

await esbuild.build({
  entryPoints: [process.argv[2]], outfile: process.argv[3], bundle: true, minify: true, logLevel: 'error', plugins: [scrollbars],
  nodePaths: [`${process.cwd()}/node_modules`],
  mainFields: ['module', 'browser', 'main'], conditions: ['module', 'import', 'browser'],
  loader: { '.svg': 'text', '.png': 'dataurl', '.ttf': 'dataurl', '.woff2': 'dataurl', '.woff': 'dataurl' },
  define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
});

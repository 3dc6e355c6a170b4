import { renderSamples } from "./render-samples.ts";

// For the preview, which needs a fresh process to see changed modules.
process.stdout.write(JSON.stringify(renderSamples()));

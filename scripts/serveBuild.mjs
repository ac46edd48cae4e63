// Serves the build that is there, without building: for the journeys. `node scripts/serveBuild.mjs PORT`
import { createServer } from './serve.mjs';

createServer().listen(Number(process.argv[2]), 'localhost');

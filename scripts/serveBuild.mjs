// Serves the existing build, without building it again, for the e2e journeys. `node scripts/serveBuild.mjs PORT [NAME...]`; it
// answers to these names as well as to localhost.
import { createServer, LOCAL_HOSTS } from './serve.mjs';

const [port, ...names] = process.argv.slice(2);
createServer(undefined, [...LOCAL_HOSTS, ...names]).listen(Number(port), 'localhost');

import { Dashboard } from './dashboard.js';
import { Api } from './data/api.js';
import { Clock } from './data/clock.js';
import { keepShell } from './shell.js';

const here = new URL('.', document.baseURI);
// a bookmark may hold the token, `http://me:token@host/`: the browser knows it by now, and lets no script ask with it
here.username = here.password = '';
const address = here.href;
const clock = new Clock();
new Dashboard(new Api(address, clock), clock).open(address);
addEventListener('load', () => void keepShell(address));

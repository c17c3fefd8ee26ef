import { Dashboard } from './dashboard.js';
import { Api } from './data/api.js';
import { keepShell } from './shell.js';

const here = new URL('.', document.baseURI);
// a bookmark may hold the token, `http://me:token@host/`: the browser knows it by now, and lets no script ask with it
here.username = here.password = '';
const address = here.href;
new Dashboard(new Api(address)).open(address);
addEventListener('load', () => void keepShell(address));

import { Dashboard } from './dashboard.js';
import { Api } from './data/api.js';
import { keepShell } from './shell.js';

const address = new URL('.', document.baseURI).href;
new Dashboard(new Api(address)).open(address);
addEventListener('load', () => void keepShell(address));

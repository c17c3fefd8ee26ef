import { Api } from './api.js';
import { Dashboard } from './dashboard.js';

const address = new URL('.', document.baseURI).href;
new Dashboard(new Api(address)).open(address);

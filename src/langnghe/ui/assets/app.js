/* Comfort only: every page works without this file. No dependency; htmx is loaded beside it. */
import "./js/basics.js";
import "./js/forms.js";
import "./js/keep.js";
import "./js/queue.js";
import "./js/autosave.js";
import "./js/live.js";
import "./js/upload.js";
import "./js/register.js";
import "./js/screen.js";

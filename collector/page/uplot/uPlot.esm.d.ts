// The collector serves uPlot's own module at this address, beside the page's; here it gets the types of the package.
import uPlot from 'uplot';

export default uPlot;

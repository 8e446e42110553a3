/** What the shop's pages need of the programmes: a friend's visit, and the blocks of a customer who is logged in. One file, since both say much the same. */
import './friends/embed';
import './friends/mine';

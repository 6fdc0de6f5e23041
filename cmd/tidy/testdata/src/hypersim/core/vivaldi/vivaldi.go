package vivaldi

"""The schema of the AutoCorp database: seven tables and two views, as the system that the lake is fed from has them."""

from typing import Final

# In the order in which foreign keys allow rows to be loaded.
TABLES: Final = (
    "auto_parts",
    "customers",
    "service",
    "service_parts",
    "sales_order",
    "sales_order_parts",
    "sales_order_services",
)

# Table -> its serial key, whose sequence follows the loaded rows.
SERIAL_KEYS: Final = {
    "customers": "customer_id",
    "service_parts": "service_part_id",
    "sales_order": "order_id",
    "sales_order_parts": "line_item_id",
    "sales_order_services": "line_item_id",
}

DDL: Final = """
CREATE TABLE auto_parts (
    sku varchar(50) PRIMARY KEY,
    name varchar(255) NOT NULL,
    description text,
    inventory_date date,
    vendor varchar(255),
    price numeric(10,2)
);
CREATE TABLE customers (
    customer_id serial PRIMARY KEY,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    email varchar(200) NOT NULL UNIQUE,
    phone varchar(50),
    address varchar(300),
    city varchar(100),
    state varchar(50),
    zip_code varchar(20),
    created_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE service (
    serviceid varchar(50) PRIMARY KEY,
    service varchar(200),
    category varchar(50),
    labor_minutes integer,
    labor_cost money
);
CREATE TABLE service_parts (
    service_part_id serial PRIMARY KEY,
    serviceid varchar(50) NOT NULL REFERENCES service (serviceid),
    sku varchar(50) NOT NULL,
    quantity integer DEFAULT 1,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (serviceid, sku)
);
CREATE TABLE sales_order (
    order_id serial PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (customer_id),
    order_date timestamp NOT NULL,
    invoice_number varchar(50) NOT NULL UNIQUE,
    payment_method varchar(50),
    subtotal numeric(12,2),
    tax numeric(12,2) DEFAULT 0,
    total_amount numeric(12,2) NOT NULL,
    order_type varchar(20) CHECK (order_type IN ('Parts', 'Service', 'Mixed')),
    status varchar(50) DEFAULT 'Completed',
    notes text,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE sales_order_parts (
    line_item_id serial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES sales_order (order_id) ON DELETE CASCADE,
    part_id integer,
    sku varchar(50),
    part_description varchar(200),
    quantity integer CHECK (quantity > 0),
    unit_price numeric(10,2) NOT NULL,
    line_total numeric(12,2) NOT NULL,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE sales_order_services (
    line_item_id serial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES sales_order (order_id) ON DELETE CASCADE,
    serviceid varchar(50) NOT NULL REFERENCES service (serviceid),
    service_description varchar(200),
    quantity integer DEFAULT 1 CHECK (quantity > 0),
    labor_minutes integer NOT NULL,
    labor_cost numeric(10,2) NOT NULL,
    parts_cost numeric(10,2),
    line_total numeric(12,2) NOT NULL,
    vehicle_id integer,
    technician_id integer,
    service_status varchar(50),
    created_at timestamp DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX sales_order_customer ON sales_order (customer_id);
CREATE INDEX sales_order_parts_order ON sales_order_parts (order_id);
CREATE INDEX sales_order_services_order ON sales_order_services (order_id);
CREATE VIEW order_summary AS
    SELECT o.order_id, o.invoice_number, o.order_date, o.order_type, o.status, o.total_amount,
           c.customer_id, c.first_name || ' ' || c.last_name AS customer,
           (SELECT count(*) FROM sales_order_parts p WHERE p.order_id = o.order_id) AS part_lines,
           (SELECT count(*) FROM sales_order_services s WHERE s.order_id = o.order_id) AS service_lines
    FROM sales_order o JOIN customers c USING (customer_id);
CREATE VIEW service_with_parts AS
    SELECT s.serviceid, s.service, s.category, s.labor_minutes, s.labor_cost,
           p.sku, a.name AS part, p.quantity, a.price
    FROM service s
    LEFT JOIN service_parts p USING (serviceid)
    LEFT JOIN auto_parts a USING (sku);
"""
